// What is wider than the page scrolls by itself, by touch and by the arrow keys.
const WIDE = ".bd-article :is(mjx-container, table, pre)";
const markEnd = ({ currentTarget: part }) => {
  const isEnd = part.scrollLeft + part.clientWidth >= part.scrollWidth - 1;
  part.classList.toggle("at-end", isEnd);
};
const isWide = part => {
  const room = part.closest("p, li, dd, td, div, section").clientWidth;
  return Math.max(part.scrollWidth, part.offsetWidth) > Math.ceil(room);
};
const mark = () => {
  const parts = [...document.querySelectorAll(WIDE)];
  for (const part of parts) part.classList.remove("wide");
  const found = parts.map(isWide); // all at once, so that the page is laid out once
  parts.forEach((part, n) => {
    part.classList.toggle("wide", found[n]);
    if (found[n]) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
    part.addEventListener("scroll", markEnd);
  });
};
// A figure opens by itself, for its small letters on a phone.
for (const figure of document.querySelectorAll(".cell_output img")) {
  const link = document.createElement("a");
  link.href = figure.src;
  figure.replaceWith(link);
  link.append(figure);
}
window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  mark();
  window.addEventListener("resize", mark);
  document.addEventListener("toggle", mark, true); // what is folded may have no width
});
