// Shows how long is left, and hands in when the time is over. The server's clock decides, not this one.
const shown = document.querySelector("[data-left]");
const said = document.querySelector("[data-said]");
const WARN_AT = [300, 60];
const over = performance.now() + Number(shown.dataset.left) * 1000;
let warned = Infinity;

function tick() {
  const left = Math.max(0, Math.ceil((over - performance.now()) / 1000));
  shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const now = WARN_AT.filter((seconds) => left <= seconds).at(-1) ?? Infinity;
  if (now < warned) said.textContent = `${shown.dataset.label}: ${shown.textContent}`;
  warned = Math.min(warned, now);
  if (left > 0) setTimeout(tick, 500);
  else document.querySelector("form[data-over]").requestSubmit();
}

tick();
