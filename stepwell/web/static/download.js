// Opening the file is all that its module asks for, but the page stays while the file is loaded: it looks until
// the server says that it was opened. Without scripts that is seen at the next visit.
import { renew } from "./outcome.js";

const PAUSE = 1000;
const MOST = 30;

document.querySelector("form[data-download]")?.addEventListener("submit", async () => {
  for (let left = MOST; left > 0; left--) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (await renew()) return;
  }
});
