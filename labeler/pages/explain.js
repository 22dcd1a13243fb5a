// On paper every report is shown, one below the other.
addEventListener("beforeprint", () => find("#view").replaceChildren(...data.reports.map(viewOf)));
addEventListener("afterprint", () => showReport(place.report));
start();
