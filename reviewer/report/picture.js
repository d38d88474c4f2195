for (const view of document.querySelectorAll("#view")) {
  const svg = view.firstChild, width = svg.viewBox.baseVal.width;
  const [nodes, wires] = [".node", "[data-from]"].map((kind) => [...svg.querySelectorAll(kind)]);
  let scale = 1;
  const zoom = (by) => {
    const at = view.scrollTop / view.scrollHeight;
    scale = Math.min(3, by ? scale * by : view.clientWidth / width);
    svg.style.width = width * scale + "px";
    view.scrollTop = at * view.scrollHeight;
  };
  const ends = ({ dataset: d }) => [d.from, d.to];
  const light = (id) => {
    const near = wires.filter((w) => ends(w).includes(id));
    const ids = near.flatMap(ends);
    for (const e of [...wires, ...nodes]) e.classList.toggle("near", near.includes(e) || ids.includes(e.id));
    svg.classList.toggle("dim", near[0]);
  };
  nodes.forEach((node, at) => {
    const { id } = node;
    const end = (side) => svg.getElementById(wires.map(ends).find((e) => e[side] === id)?.[1 - side]);
    node.tabIndex = at && -1;
    node.onfocus = () => light(id);
    node.onblur = () => light();
    node.onkeydown = (e) => ({
      ArrowDown: nodes[at + 1], ArrowUp: nodes[at - 1], ArrowRight: end(0), ArrowLeft: end(1),
    })[e.key]?.focus(e.preventDefault());
  });
  view.onkeydown = ({ key, target }) => {
    if (/^[-+0]$/.test(key)) zoom({ "+": 1.25, "-": 0.8 }[key]);
    if (key === "Escape") target.blur();
  };
  for (const e of document.querySelectorAll("[data-by]")) e.onclick = () => zoom(+e.dataset.by);
  if (view.clientWidth < width) zoom();
}
