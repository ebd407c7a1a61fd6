// Where the engine meets its page: as a worker, or in the page's own thread where a
// browser has no workers.

const ganEngine = {
  Game, Lab, LOSSES, MAX_FRAMES, MAX_STATE_BYTES, Network, Random, Record, getNamed,
  gridDivergence, handle, makeDrawn, modesHit,
};

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  const lab = new Lab();
  self.onmessage = ({ data }) => {
    const reply = handle(lab, data);
    self.postMessage(reply, reply.buffers.map(({ buffer }) => buffer));
  };
} else globalThis.ganEngine = ganEngine;
