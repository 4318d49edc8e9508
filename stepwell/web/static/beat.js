// Says "still here" while somebody reads or watches: the server counts the seconds, not this page.
// `data-beat` is where to; a film also says which second it is at.
import { renew } from "./outcome.js";

const EVERY = 10_000;

const shown = document.querySelector("[data-beat]");
const film = shown.querySelector("video");
const meter = document.querySelector("[data-watched]");

async function beat() {
  if (document.visibilityState !== "visible" && !(film && !film.paused)) return;
  const said = new FormData();
  said.set("csrfmiddlewaretoken", shown.querySelector("[name=csrfmiddlewaretoken]").value);
  if (film) said.set("second", String(Math.floor(film.currentTime)));
  try {
    const answer = await fetch(shown.dataset.beat, { method: "POST", body: said, keepalive: true });
    if (answer.ok) await tell(await answer.json());
  } catch {
    // The network was away for a moment: the next beat says the same.
  }
}

// What the server counted; once it is enough, the page says so and shows what comes next.
async function tell(counted) {
  if (!meter) return;
  meter.querySelector("progress").value = counted.progress;
  meter.querySelector("[data-progress]").textContent = `${counted.progress} %`;
  if (counted.completed && !meter.hasAttribute("data-done")) meter.toggleAttribute("data-done", await renew());
}

setInterval(() => (film ? !film.paused : true) && beat(), EVERY);
film?.addEventListener("play", beat);
film?.addEventListener("pause", beat);
film?.addEventListener("seeking", beat);
film?.addEventListener("ended", beat);
if (!film) beat();
