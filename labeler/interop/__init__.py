"""The labeler inside other programs: a spaCy component, FHIR, OMOP."""
