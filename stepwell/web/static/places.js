// Marks places on a picture by clicks; the numbers beside it say the same and can be typed.
const SVG = "http://www.w3.org/2000/svg";
const drawing = document.querySelector("[data-places] svg");
const rows = [...document.querySelectorAll("[data-place]")];
let next = 0;

const fields = (row) => [...row.querySelectorAll("input")];
const clamp = (share) => Math.min(100, Math.max(0, Math.round(share * 10_000) / 100));

function draw() {
  drawing.replaceChildren(
    ...rows
      .map((row) => fields(row).map((field) => field.value))
      .filter((values) => values.every((value) => value !== ""))
      .map(([x, y]) => {
        const mark = document.createElementNS(SVG, "circle");
        mark.setAttribute("cx", `${x}%`);
        mark.setAttribute("cy", `${y}%`);
        mark.setAttribute("r", "11");
        return mark;
      }),
  );
}

drawing.addEventListener("click", (event) => {
  const area = drawing.getBoundingClientRect();
  const free = rows.findIndex((row) => fields(row).some((field) => field.value === ""));
  const row = rows[free < 0 ? next++ % rows.length : free];
  const [x, y] = fields(row);
  x.value = clamp((event.clientX - area.left) / area.width);
  y.value = clamp((event.clientY - area.top) / area.height);
  draw();
});
document.addEventListener("input", draw);
draw();
