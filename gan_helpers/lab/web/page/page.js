const root = document.querySelector(".gan-lab");
const view = new LiveView(new PageModel(() => {}), root);
