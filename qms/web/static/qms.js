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
  for (const box of document.querySelectorAll("select[data-submit]")) {
    box.addEventListener("change", () => box.form.requestSubmit());
  }
})();
