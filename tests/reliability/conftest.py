"""Tells at the end how much was searched for report text."""


def pytest_terminal_summary(terminalreporter):
    """Add up what the tests of privacy have counted, on however many processes they ran."""
    reports = terminalreporter.stats.get("", [])  # those of what came before and after the tests
    counted = [dict(report.user_properties) for report in reports if report.when == "teardown"]
    commands, failed, searched, found = (
        sum(counts.get(name, 0) for counts in counted) for name in ("commands", "failed", "searched", "found")
    )
    if commands:
        terminalreporter.write_line(
            f"{commands} commands, {failed} of them with an error; searched for report text: {searched} files and "
            f"outputs; found in: {found}"
        )
