// The live view as an anywidget; a page without a kernel makes its own.

export default {
  render({ model, el }) {
    const root = document.createElement("div");
    el.append(root);
    const view = new LiveView(model, root);
    return () => view.dispose();
  },
};
