"""Labels chest radiology reports: present, absent, uncertain or not mentioned, with the reason for each."""
