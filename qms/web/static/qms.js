// Keyboard: "/" goes to the search box, "g" and a letter goes to a place; and nothing typed is lost unasked.
(() => {
  const typing = (e) => /^(input|textarea|select)$/i.test(e.target.tagName) || e.target.isContentEditable;
  let waiting = false;
  document.addEventListener("keydown", (e) => {
    if (typing(e) || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "/") {
      const box = document.querySelector("form.find input");
      if (box) { e.preventDefault(); box.focus(); box.select(); }
    } else if (waiting) {
      waiting = false;
      const place = document.querySelector(`.rail a[data-key="${CSS.escape(e.key)}"]`);
      if (place) { e.preventDefault(); place.click(); }
    } else if (e.key === "g") {
      waiting = true;
      setTimeout(() => { waiting = false; }, 1200);
    }
  });
  document.addEventListener("htmx:configRequest", (e) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) e.detail.headers["X-CSRFToken"] = token.content;
  });
  for (const form of document.querySelectorAll("form[data-guard]")) {
    let dirty = false;
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { dirty = false; });
    window.addEventListener("beforeunload", (e) => { if (dirty) e.preventDefault(); });
  }
  // What is typed into a draft or a step stays on this device until the server has it, so that a lost connection loses nothing.
  const stored = (form) => `qms-draft-${form.dataset.keep}`;
  const typed = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token" && name !== "password");
  // One more row under a table, empty, its boxes named by its place.
  const more = (body) => {
    const last = body.lastElementChild;
    if (!last) return null;
    const row = last.cloneNode(true);
    const next = body.children.length;
    for (const box of row.querySelectorAll("[name], [id], [list]")) {
      for (const attr of ["name", "id", "list"]) {
        const value = box.getAttribute(attr);
        if (value) box.setAttribute(attr, value.replace(/\.\d+\./, `.${next}.`));
      }
      if (box.type === "checkbox" || box.type === "radio") box.checked = false;
      else if ("value" in box && box.tagName !== "OPTION") box.value = "";
    }
    for (const fault of row.querySelectorAll(".fault")) fault.remove();
    for (const file of row.querySelectorAll(".attached")) file.remove();
    body.append(row);
    if (window.htmx) window.htmx.process(row);
    return row;
  };
  const put = (form, values, only) => {
    for (const box of [...form.elements].filter((each) => only(each))) {
      const mine = values.filter(([name]) => name === box.name).map(([, value]) => value);
      if (box.type === "checkbox" || box.type === "radio") box.checked = mine.includes(box.value);
      else if (mine.length && box.type !== "file" && box.type !== "hidden" && box.type !== "password") box.value = mine[0];
    }
  };
  // Rows that were added on the device stand on no page of the server yet.
  const rows = (form, values) => {
    for (const table of form.querySelectorAll("table[data-rows]")) {
      const body = table.tBodies[0];
      const [name] = (body.querySelector("[name]")?.name || "").split(".");
      const places = values.map(([each]) => each.split(".")).filter((each) => each.length === 3 && each[0] === name).map((each) => Number(each[1]) + 1);
      while (name && body.children.length < Math.min(Math.max(0, ...places), 200)) more(body);
    }
  };
  // The fields come anew from the server while one types on: what was typed meanwhile goes back into them.
  const sent = new WeakMap();
  const now = new WeakMap();
  const formOf = (e) => (e.target.id === "fields" ? e.target.closest("form") : null);
  document.addEventListener("htmx:beforeRequest", (e) => { const form = formOf(e); if (form) sent.set(form, typed(form)); });
  document.addEventListener("htmx:beforeSwap", (e) => { const form = formOf(e); if (form) now.set(form, typed(form)); });
  document.addEventListener("htmx:afterSwap", (e) => {
    const form = formOf(e);
    if (!form || !sent.has(form) || !now.has(form)) return;
    const told = (values, name) => JSON.stringify(values.filter(([each]) => each === name).map(([, value]) => value));
    const names = new Set([...sent.get(form), ...now.get(form)].map(([name]) => name));
    const changed = new Set([...names].filter((name) => told(sent.get(form), name) !== told(now.get(form), name)));
    if (!changed.size) return;
    rows(form, now.get(form));
    put(form, now.get(form), (box) => changed.has(box.name));
    e.target.dispatchEvent(new Event("change", { bubbles: true }));
  });
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const kept = JSON.parse(localStorage.getItem(stored(form)) || "null");
    const isLater = (than) => kept && kept.at > Number(than) * 1000;
    if (isLater(form.dataset.changed)) {
      rows(form, kept.values);
      put(form, kept.values, (box) => box.name);
      const note = form.querySelector("[data-kept]");
      if (note) note.hidden = false;
      // What a condition asks for only now comes from the server, and takes what was typed into it before.
      const seen = new Set([...form.elements].map((box) => box.name));
      const fresh = () => {
        const came = [...form.elements].filter((box) => box.name && !seen.has(box.name));
        rows(form, kept.values);
        put(form, kept.values, (box) => box.name && !seen.has(box.name));
        for (const box of form.elements) seen.add(box.name);
        if (came.length) ask();
        else form.removeEventListener("htmx:afterSettle", fresh);
      };
      const ask = () => form.querySelector("#fields")?.dispatchEvent(new Event("change", { bubbles: true }));
      form.addEventListener("htmx:afterSettle", fresh);
      window.addEventListener("load", ask);
    } else if (form.dataset.since && isLater(form.dataset.since)) {
      // Opinion and decision reach the server only with the signature; the answers of a step may have before.
      put(form, kept.values, (box) => box.name === "opinion" || box.name === "decision");
    } else {
      localStorage.removeItem(stored(form));
    }
    form.addEventListener("input", () => localStorage.setItem(stored(form), JSON.stringify({ at: Date.now(), values: typed(form) })));
  }
  // Who leaves takes what they typed along; a session that ran out keeps it.
  for (const form of document.querySelectorAll('form[action$="/sign-out"]')) {
    form.addEventListener("submit", () => {
      for (const key of Object.keys(localStorage)) if (key.startsWith("qms-draft-")) localStorage.removeItem(key);
    });
  }
  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-add-row]");
    const body = button && button.parentElement.querySelector("table[data-rows] tbody");
    const row = body && more(body);
    const first = row && row.querySelector("input, select, textarea");
    if (first) first.focus();
  });
  for (const box of document.querySelectorAll("select[data-submit]")) {
    box.addEventListener("change", () => box.form.requestSubmit());
  }
})();
