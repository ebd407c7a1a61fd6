// The panel of the one-point GAN as an anywidget.

export default {
  render({ model, el }) {
    const root = document.createElement("div");
    el.append(root);
    const view = new OnePointView(root, model.get("first"));
    return () => view.dispose();
  },
};
