// Shows what comes of a delivery: asks for the page again while the part `data-live` says that it waits.
const PAUSE = 1500;
const MOST = 80;

// A new status is also said to those who cannot see it change.
function renew(shown, fresh) {
  const before = shown.querySelector("[data-status]").textContent;
  shown.innerHTML = fresh.innerHTML;
  const status = shown.querySelector("[data-status]").textContent;
  if (status !== before) document.querySelector("[data-said]").textContent = status;
}

async function look(left) {
  const shown = document.querySelector("[data-live]");
  if (!shown || left === 0) return;
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  if (document.visibilityState === "visible") {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = answer.ok && page.getElementById(shown.id);
      if (!fresh) return;
      if (fresh.innerHTML !== shown.innerHTML) renew(shown, fresh);
      shown.toggleAttribute("data-live", fresh.hasAttribute("data-live"));
    } catch {
      // The network was away for a moment: ask again.
    }
  }
  look(left - 1);
}

look(MOST);
