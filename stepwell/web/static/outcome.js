// Shows what has come of a module without loading its page anew: whatever plays or loads there goes on.
// Out: whether the module is completed.
export async function renew() {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const shown of document.querySelectorAll("[data-outcome]")) {
      const fresh = page.getElementById(shown.id);
      if (fresh && fresh.innerHTML !== shown.innerHTML) shown.innerHTML = fresh.innerHTML;
    }
  } catch {
    // The network was away for a moment: whoever asks asks again.
  }
  return document.querySelector("[data-completed]") !== null;
}
