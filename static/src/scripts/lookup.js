// Suggests services while somebody types. Without it, the page finds them when it is sent.
//
// The focus stays in the box and the arrow keys move through the list below it, as in the ARIA pattern of a combobox.
// What is picked travels in the form's hidden field; typing on takes it back.
const PAUSE = 150;
const SHORTEST = 3;

export function lookUp(box) {
  const picked = box.form.querySelector("input[type=hidden][name=location]");
  const list = Object.assign(document.createElement("ul"), { id: `${box.id}-list`, className: "portal-lookup" });
  const news = Object.assign(document.createElement("div"), { className: "govuk-visually-hidden" });
  let asking, timer, active;

  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Services that fit");
  list.hidden = true;
  news.setAttribute("role", "status");
  box.after(list, news);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  close();

  box.addEventListener("input", () => {
    picked.value = "";
    clearTimeout(timer);
    if (box.value.trim().length < SHORTEST) close();
    else timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) move(moves[event.key]);
    else if (event.key === "Enter" && active) pick(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // or the box would lose the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) pick(option);
  });

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    try {
      const address = `${box.dataset.address}?q=${encodeURIComponent(box.value.slice(0, 200))}`;
      const answer = await fetch(address, { credentials: "omit", signal: asking.signal });
      if (answer.ok && document.activeElement === box) show((await answer.json()).found);
    } catch {
      // Stopped for a newer question, or no network: the page works without suggestions.
    }
  }

  function show(found) {
    list.replaceChildren(...found.map(option));
    activate(null);
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    const number = found.length === 1 ? "1 service fits." : `${found.length} services fit.`;
    news.textContent = found.length ? `${number} Use the up and down arrows to choose.` : "No service fits so far.";
  }

  function option({ id, name, about }, number) {
    const item = document.createElement("li");
    item.id = `${list.id}-${number}`;
    item.dataset.location = id;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.append(
      Object.assign(document.createElement("strong"), { textContent: name }),
      Object.assign(document.createElement("span"), { textContent: about })
    );
    return item;
  }

  function move(by) {
    const items = [...list.children];
    activate(items.at((items.indexOf(active) + by + (active || by > 0 ? 0 : 1)) % items.length));
  }

  function activate(item) {
    active?.setAttribute("aria-selected", "false");
    active = item;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) box.setAttribute("aria-activedescendant", active.id);
    else box.removeAttribute("aria-activedescendant");
  }

  function pick(item) {
    box.value = item.firstChild.textContent;
    picked.value = item.dataset.location;
    close();
    news.textContent = `${box.value} is selected.`;
  }

  function close() {
    asking?.abort();
    clearTimeout(timer);
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    activate(null);
  }
}
