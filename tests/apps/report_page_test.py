"""Opens the reports of short runs in headless Chromium, narrow and wide, light and dark.

    report_page_test.py BIN_DIR

No script fails, no page scrolls sideways, every figure is drawn, named and legible, and what is live answers.
Skipped (77) where Chromium is not installed.
"""
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

RUNS = [["bigram"], ["micrograd", "--task", "expression"], ["bigram_net", "--words", "0:500", "--steps", "5"],
        ["mlp", "--steps", "200"], ["activations", "--steps", "100"],
        ["backprop", "--words", ":2000", "--steps", "100"],
        ["wavenet", "--words", ":500", "--embed", "4", "--hidden", "8", "--steps", "2000"],
        ["gpt", "--steps", "20", "--eval-iters", "2"], ["tokenizer", "--chars", ":20000"],
        ["makemore", "--type", "bow", "--words", ":2000", "--steps", "601"],
        ["makemore", "--compare", "--words", ":2000", "--steps", "5"], ["microgpt", "--steps", "20"]]
WIDTHS = (400, 1280)

MEASURE = """
const results = [];
for (const frame of document.querySelectorAll("iframe")) {
  const page = frame.contentDocument, view = frame.contentWindow, faults = [...view.faults];
  const check = (holds, what) => holds || faults.push(what);
  const root = page.documentElement;
  check(root.scrollWidth <= root.clientWidth, `scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  check(view.matchMedia("(prefers-color-scheme: dark)").matches === DARK, "not in the asked colours");
  const light = (colour) => colour.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) > 382;
  check(light(view.getComputedStyle(page.body).backgroundColor) !== DARK, "the page has the wrong colour");
  const links = [...page.querySelectorAll(".links a")].map((link) => link.getAttribute("href"));
  check(frame.title.startsWith("out/index.html") || (links.length >= 2 && links.some((to) => to.endsWith("/index.html"))),
        `links are ${links}`);
  const figures = [...page.querySelectorAll("figure")];
  figures.forEach((figure, number) => {
    const name = `figure ${number + 1}`;
    const svg = [...figure.querySelectorAll(".sheet > svg")].find((each) => each.getBoundingClientRect().width > 0);
    if (!svg) return faults.push(`${name}: nothing is drawn`);
    const box = svg.getBoundingClientRect();
    check(box.height > 20 && box.width > 20, `${name}: ${box.width} x ${box.height}`);
    check(svg.getAttribute("role") === "img" && svg.getAttribute("aria-label"), `${name}: no text alternative`);
    check(svg.querySelector("title")?.textContent, `${name}: no title`);
    const paper = svg.querySelector(".lt-paper");
    check(paper && light(view.getComputedStyle(paper).fill) !== DARK, `${name}: its paper has the wrong colour`);
    const scale = box.width / svg.viewBox.baseVal.width;
    for (const text of svg.querySelectorAll("text")) {
      const size = scale * parseFloat(view.getComputedStyle(text).fontSize);
      if (size < 10) return faults.push(`${name}: '${text.textContent}' is ${size} pixels high`);
    }
    const shown = figure.querySelectorAll(".frame:not([hidden])").length;
    check(!figure.matches(".frames") || shown === 1, `${name}: ${shown} frames at once`);
  });
  for (const map of page.querySelectorAll("svg[data-columns]")) {
    const note = map.closest("figure").querySelector(".note");
    const before = note.textContent;
    map.querySelectorAll("rect")[5].dispatchEvent(new view.PointerEvent("pointermove", {bubbles: true}));
    const pointed = note.textContent;
    map.dispatchEvent(new view.KeyboardEvent("keydown", {key: "ArrowRight"}));
    check(new Set([before, pointed, note.textContent]).size === 3, "a heat map does not answer");
  }
  for (const slider of page.querySelectorAll("input[type=range]")) {
    const label = slider.parentNode.querySelector("output"), before = label.textContent;
    slider.value = 0;
    slider.dispatchEvent(new view.Event("input"));
    check(label.textContent !== before, "a slider does not answer");
  }
  for (const cell of page.querySelectorAll("td.short, th.short")) {
    const range = page.createRange();
    range.selectNodeContents(cell);
    check(range.getBoundingClientRect().height < 32, `'${cell.textContent}' is broken`);
  }
  results.push({name: frame.title, figures: figures.length, faults});
}
document.body.textContent = "RESULTS " + JSON.stringify(results) + " END";
"""


def measure(browser, reports, dark, folder):
    catch = "<head><script>faults = []; addEventListener('error', (e) => faults.push(e.message));</script>"
    frames = "".join(
        f'<iframe title="{name} at {width}" style="width:{width}px;height:900px;border:0"'
        f' srcdoc="{html.escape(page.replace("<head>", catch, 1), quote=True)}"></iframe>\n'
        for name, page in reports for width in WIDTHS)
    script = MEASURE.replace("DARK", "true" if dark else "false")
    wrapper = folder / "wrapper.html"
    wrapper.write_text(f"<!DOCTYPE html><body>{frames}<script>addEventListener('load', () => {{{script}}});</script>")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,1000", f"--user-data-dir={folder}",
               f"--blink-settings=preferredColorScheme={0 if dark else 1}", "--virtual-time-budget=20000",
               "--dump-dom", wrapper.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    found = re.search("RESULTS (.*) END", dom, re.DOTALL)
    if not found:
        sys.exit(f"Chromium measured nothing:\n{dom[:2000]}")
    return json.loads(html.unescape(found.group(1)))


def main():
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not browser:
        print("Chromium is not installed: skipped")
        sys.exit(77)
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for run in RUNS:
            app = os.path.join(sys.argv[1], run[0])
            if run[0] == "tokenizer" and not os.path.exists(app):
                continue  # there is no PCRE2
            subprocess.run([app, *run[1:], "--quiet"], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                           env={**os.environ, "LIBTENSOR_DATA_DIR": folder})  # the embedded names
        paths = sorted(folder.glob("out/**/*.html"))
        reports = [(str(path.relative_to(folder)), path.read_text()) for path in paths]
        for path in paths:
            failed += path.stat().st_size >= 2_000_000
            if path.stat().st_size >= 2_000_000:
                print(f"{path}: {path.stat().st_size} bytes")
        for dark in (False, True):
            for result in measure(browser, reports, dark, folder):
                failed += bool(result["faults"])
                for fault in result["faults"]:
                    print(f"{result['name']}, {'dark' if dark else 'light'}: {fault}")
    print(f"{len(reports)} pages at {len(WIDTHS)} widths, light and dark: {failed} with faults")
    sys.exit(failed > 0)


main()
