// A form that only carries something on to somewhere else sends itself; without scripts there is its button.
document.querySelector("form[data-submit]")?.submit();
