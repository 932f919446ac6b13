// The editor: a fault leads to its line of the text.
document.addEventListener("click", (e) => {
  const link = e.target.closest("a[data-line]");
  const text = document.getElementById("source");
  if (!link || !text) return;
  e.preventDefault();
  const lines = text.value.split("\n");
  const line = Math.min(Number(link.dataset.line), lines.length) - 1;
  const start = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + lines[line].length);
  text.scrollTop = (text.scrollHeight / lines.length) * line - text.clientHeight / 3;
});
