// Puts things in order by buttons: each moves its item one place, and the numbers behind follow.
const list = document.querySelector("[data-sort]");
const said = document.querySelector("[data-said]");

function number() {
  [...list.children].forEach((item, at) => {
    item.querySelector("select").value = String(at + 1);
    item.querySelector("[data-up]").disabled = at === 0;
    item.querySelector("[data-down]").disabled = at === list.children.length - 1;
  });
}

function move(item, by) {
  const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  by < 0 ? other.before(item) : other.after(item);
  number();
  const wanted = item.querySelector(by < 0 ? "[data-up]" : "[data-down]");
  (wanted.disabled ? item.querySelector("button:not(:disabled)") : wanted)?.focus();
  const place = [...list.children].indexOf(item) + 1;
  said.textContent = `${item.querySelector("[data-text]").textContent}: ${place} / ${list.children.length}`;
}

for (const item of list.children) {
  item.querySelector("select").closest("[data-place]").hidden = true;
  item.querySelector("[data-moves]").hidden = false;
  item.querySelector("[data-up]").addEventListener("click", () => move(item, -1));
  item.querySelector("[data-down]").addEventListener("click", () => move(item, 1));
}
number();
