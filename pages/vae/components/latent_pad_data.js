// The data of a latent plane, kept for every latent pad of this browser tab: see latent_pad.js.

export default function ({ data }) {
  globalThis.latentPlanes ??= new Map();
  if (globalThis.latentPlanes.has(data.name)) return;
  globalThis.latentPlanes.set(data.name, data);
  globalThis.dispatchEvent(new Event("latentplane"));
}
