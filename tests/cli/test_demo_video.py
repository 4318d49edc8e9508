"""The film of the demonstration: a real browser plays it."""

import base64

from playwright.sync_api import Browser

from stepwell.cli import demo_video
from stepwell.kernel import file_types

SEEN = """async (address) => {
  const film = document.querySelector("video");
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 192 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const told = (name) => new Promise((resolve, reject) => {
    film.addEventListener(name, resolve, { once: true });
    film.addEventListener("error", () => reject(new Error(film.error.message)), { once: true });
  });
  film.src = address;
  await told("loadeddata");
  const pixels = [];
  for (const second of [0.1, 1.9]) {
    film.currentTime = second;
    await told("seeked");
    context.drawImage(film, 0, 0);
    pixels.push([...context.getImageData(5, 189, 1, 1).data], [...context.getImageData(140, 189, 1, 1).data]);
  }
  return { duration: film.duration, size: [film.videoWidth, film.videoHeight], pixels };
}"""


def test_a_browser_plays_it(chromium: Browser) -> None:
    film = demo_video.film(2)
    assert file_types.content_type(film) == "video/mp4"
    page = chromium.new_page()
    page.set_content("<video muted></video>")
    seen = page.evaluate(SEEN, "data:video/mp4;base64," + base64.b64encode(film).decode())
    page.close()
    assert seen["duration"] == 2
    assert seen["size"] == [demo_video.WIDTH, demo_video.HEIGHT]
    # The bar at the bottom grows from the left: green where it is, the colour of the floor where it is not.
    early_left, early_right, late_left, late_right = seen["pixels"]
    assert early_left == late_left == late_right != early_right
    assert all(abs(a - b) < 12 for a, b in zip(late_left, (22, 118, 103, 255), strict=True)), late_left


def test_the_same_film_comes_out_each_time() -> None:
    assert demo_video.film(1) == demo_video.film(1)
