"use strict";
for (const each of document.querySelectorAll(".tools, #filters")) each.hidden = false;
for (const form of document.querySelectorAll("#filters")) {
  const findings = [...document.querySelectorAll(".finding")];
  const texts = findings.map((finding) => finding.textContent.toLowerCase());
  const filter = () => {
    const kinds = new FormData(form).getAll("severity"), rule = form.elements.rule.value;
    const words = form.elements.text.value.toLowerCase().split(/\s+/);
    findings.forEach((finding, at) => {
      const { severity, rule: own } = finding.dataset;
      finding.hidden = !kinds.includes(severity) || (rule && rule !== own) || !words.every((word) => texts[at].includes(word));
    });
    const left = findings.filter((finding) => !finding.hidden).length;
    form.elements.shown.value = `${left} of ${findings.length} shown`;
  };
  const go = (step) => {
    const left = findings.filter((finding) => !finding.hidden);
    const at = left.indexOf(document.activeElement.closest(".finding"));
    left[Math.max(0, Math.min(left.length - 1, at + step))]?.focus();
  };
  const toggle = (severity) => {
    const box = form.querySelector(`[value=${severity}]`);
    if (box) box.checked = !box.checked;
  };
  const keys = {
    "/": () => form.elements.text.focus(),
    j: () => go(1),
    k: () => go(-1),
    e: () => toggle("error"),
    w: () => toggle("warning"),
    n: () => toggle("note"),
    Escape: () => form.reset(),
  };
  form.oninput = filter;
  form.onsubmit = (event) => event.preventDefault();
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("[type=search], select"), does = keys[event.key];
    if (!does || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("#view")) return;
    if (typing && event.key !== "Escape") return;
    does();
    if (typing) event.target.blur();
    filter();
    event.preventDefault();
  });
  filter();
}
