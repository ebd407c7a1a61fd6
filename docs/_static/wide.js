// What is wider than the page scrolls by itself, by touch and by the arrow keys.
const markEnd = ({ currentTarget: part }) => {
  const isEnd = part.scrollLeft + part.clientWidth >= part.scrollWidth - 1;
  part.classList.toggle("at-end", isEnd);
};
const mark = () => {
  for (const part of document.querySelectorAll(".bd-article :is(mjx-container, table)")) {
    part.classList.remove("wide");
    const room = part.closest("p, li, dd, td, div, section").clientWidth;
    const isWide = Math.max(part.scrollWidth, part.offsetWidth) > Math.ceil(room);
    part.classList.toggle("wide", isWide);
    if (isWide) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
    part.addEventListener("scroll", markEnd);
  }
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
});
