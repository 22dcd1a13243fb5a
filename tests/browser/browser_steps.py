"""What the tests in a browser share: planted scripts, files of reports, keys."""

import json

PLANTED = "<script>document.title='planted'</script><img src=x onerror=\"document.title='planted'\">"


def write(path, reports):
    """Write reports as JSON Lines, which take any identifier."""
    path.write_text("".join(json.dumps({"study_id": name, "text": text}) + "\n" for name, text in reports.items()))
    return path


def press(page, *keys):
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)
