// Inference of a small neural network in the browser: runs the layer list of `genmodels/browser_export.py`.
//
// One example at a time, in float32, channels last. All memory is allocated when the network is created, so that an
// image per frame makes no garbage. The innermost loops run over neighbors in memory.

export class NetworkError extends Error {}

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;
const ACTIVATIONS = {
  linear: (x) => x,
  relu: (x) => (x > 0 ? x : 0),
  leaky_relu: (x, slope) => (x > 0 ? x : slope * x),
  selu: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

const product = (shape) => shape.reduce((a, b) => a * b, 1);

/** The CRC-32 of bytes, as `zlib.crc32` of Python. */
const crc32 = (bytes) => {
  const table = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n >>> 0;
  });
  let crc = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) crc = (crc >>> 8) ^ table[(crc ^ bytes[k]) & 255];
  return (crc ^ 0xffffffff) >>> 0;
};

/** float16, little-endian, to a Float32Array. Older browsers have no array type for it. */
const decodeFloat16 = (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / 2);
  for (let k = 0; k < values.length; k++) {
    const half = view.getUint16(2 * k, true);
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
    values[k] = half >> 15 ? -size : size;
  }
  return values;
};

/** Start of a convolution with padding "same" before the first pixel, as in TensorFlow. */
const paddingBefore = (small, large, kernel, stride, padding) =>
  padding === "same" ? Math.max((small - 1) * stride + kernel - large, 0) >> 1 : 0;

const activate = (values, activation, slope) => {
  if (activation === "linear") return;
  const f = ACTIVATIONS[activation];
  for (let k = 0; k < values.length; k++) values[k] = f(values[k], slope);
};

// y[to + o] += sum_i x[from + i] W[i, o]
const addProduct = (x, from, inputs, kernel, start, y, to, outputs) => {
  for (let i = 0; i < inputs; i++) {
    const value = x[from + i];
    if (value === 0) continue;
    const row = start + i * outputs;
    for (let o = 0; o < outputs; o++) y[to + o] += value * kernel[row + o];
  }
};

// A convolution, or a transposed one: both pair each pixel (r, c) of the smaller image with the pixels of the larger image
// under the kernel; a convolution reads the larger one, a transposed convolution writes it.
const convolution = (isTransposed) => (layer, weights, [shape], outputShape) => {
  const { kernel, bias, activation, kernelSize, strides, padding } = layer;
  const [small, large] = isTransposed ? [shape, outputShape] : [outputShape, shape];
  const [inputs, outputs] = [shape.at(-1), outputShape.at(-1)];
  const [rows, columns] = kernelSize;
  const matrix = weights(kernel, rows * columns * inputs * outputs);
  const offsets = bias === null ? new Float32Array(outputs) : weights(bias, outputs);
  const [top, left] = [0, 1].map((k) => paddingBefore(small[k], large[k], kernelSize[k], strides[k], padding));
  return ([x], y) => {
    for (let to = 0; to < y.length; to += outputs) y.set(offsets, to);
    for (let r = 0; r < small[0]; r++) {
      for (let c = 0; c < small[1]; c++) {
        const near = r * small[1] + c;
        for (let i = 0; i < rows; i++) {
          const row = r * strides[0] + i - top;
          if (row < 0 || row >= large[0]) continue;
          for (let j = 0; j < columns; j++) {
            const column = c * strides[1] + j - left;
            if (column < 0 || column >= large[1]) continue;
            const far = row * large[1] + column;
            const [from, to] = isTransposed ? [near, far] : [far, near];
            const start = (i * columns + j) * inputs * outputs;
            addProduct(x, from * inputs, inputs, matrix, start, y, to * outputs, outputs);
          }
        }
      }
    }
    activate(y, activation);
  };
};

// Each function prepares a layer and returns what computes it: f(inputs, output), both of them Float32Arrays.
const LAYERS = {
  dense: ({ kernel, bias, activation }, weights, [shape], outputShape) => {
    const inputs = shape.at(-1);
    const outputs = outputShape.at(-1);
    const matrix = weights(kernel, inputs * outputs);
    const offsets = bias === null ? new Float32Array(outputs) : weights(bias, outputs);
    return ([x], y) => {
      for (let row = 0; row * outputs < y.length; row++) {
        y.set(offsets, row * outputs);
        addProduct(x, row * inputs, inputs, matrix, 0, y, row * outputs, outputs);
      }
      activate(y, activation);
    };
  },

  conv2d: convolution(false),
  conv2d_transpose: convolution(true),

  affine: ({ scale, offset }, weights, [shape]) => {
    const channels = shape.at(-1);
    const [scales, offsets] = [weights(scale, channels), weights(offset, channels)];
    return ([x], y) => {
      for (let k = 0; k < y.length; k++) y[k] = x[k] * scales[k % channels] + offsets[k % channels];
    };
  },

  activation: ({ activation, slope }) => {
    if (!(activation in ACTIVATIONS)) throw new NetworkError(`unknown activation ${activation}`);
    return ([x], y) => {
      y.set(x);
      activate(y, activation, slope);
    };
  },

  upsampling2d: ({ size }, weights, [shape]) => {
    const [height, width, channels] = shape;
    return ([x], y) => {
      let to = 0;
      for (let r = 0; r < height * size[0]; r++) {
        for (let c = 0; c < width * size[1]; c++) {
          const from = (Math.floor(r / size[0]) * width + Math.floor(c / size[1])) * channels;
          for (let k = 0; k < channels; k++) y[to++] = x[from + k];
        }
      }
    };
  },

  concatenate: (layer, weights, shapes, outputShape) => {
    const channels = shapes.map((shape) => shape.at(-1));
    const total = outputShape.at(-1);
    return (inputs, y) => {
      let start = 0;
      inputs.forEach((x, n) => {
        for (let k = 0; k < x.length; k++) {
          y[Math.floor(k / channels[n]) * total + start + (k % channels[n])] = x[k];
        }
        start += channels[n];
      });
    };
  },

  repeat: ({ times }) => ([x], y) => {
    for (let k = 0; k < times; k++) y.set(x, k * x.length);
  },

  rescaling: ({ scale, offset }) => ([x], y) => {
    for (let k = 0; k < y.length; k++) y[k] = x[k] * scale + offset;
  },

  reshape: () => ([x], y) => y.set(x),

  // Hochreiter & Schmidhuber 1997, with forget gates: gates i, f, c, o in this order, as in Keras.
  lstm: ({ units, returnSequences, kernel, recurrentKernel, bias }, weights, [shape]) => {
    const [steps, inputs] = shape;
    const matrix = weights(kernel, inputs * 4 * units);
    const recurrent = weights(recurrentKernel, units * 4 * units);
    const offsets = bias === null ? new Float32Array(4 * units) : weights(bias, 4 * units);
    const [gates, hidden, cell] = [new Float32Array(4 * units), new Float32Array(units), new Float32Array(units)];
    const { sigmoid } = ACTIVATIONS;
    return ([x, initialHidden, initialCell], y) => {
      hidden.fill(0);
      cell.fill(0);
      if (initialHidden) hidden.set(initialHidden);
      if (initialCell) cell.set(initialCell);
      for (let t = 0; t < steps; t++) {
        gates.set(offsets);
        addProduct(x, t * inputs, inputs, matrix, 0, gates, 0, 4 * units);
        addProduct(hidden, 0, units, recurrent, 0, gates, 0, 4 * units);
        for (let k = 0; k < units; k++) {
          const candidate = Math.tanh(gates[2 * units + k]);
          cell[k] = sigmoid(gates[units + k]) * cell[k] + sigmoid(gates[k]) * candidate;
          hidden[k] = sigmoid(gates[3 * units + k]) * Math.tanh(cell[k]);
        }
        if (returnSequences) y.set(hidden, t * units);
      }
      if (!returnSequences) y.set(hidden);
    };
  },
};

/**
 * Prepares a network. description: the object of `BrowserNetwork.description`; bytes: a Uint8Array of its weights.
 *
 * Returns { inputShapes, outputShapes, run }. `run(...inputs)` takes an array of numbers per input and returns an array
 * of Float32Arrays, one per output; the next call overwrites them. Throws a `NetworkError`, a sentence for the visitor,
 * if the weights are damaged or a layer is unknown.
 */
export const createNetwork = (description, bytes) => {
  const { inputs, outputs, shapes, layers, count } = description;
  if (bytes.length !== 2 * count) {
    throw new NetworkError(`The weights of the network are incomplete: ${bytes.length} of ${2 * count} bytes arrived.`);
  }
  if (crc32(bytes) !== description.crc32) {
    throw new NetworkError("The weights of the network are damaged: their checksum is wrong.");
  }
  const all = decodeFloat16(bytes);
  const weights = (start, length) => {
    if (!(start >= 0 && start + length <= all.length)) {
      throw new NetworkError("A layer of the network reads weights beyond the end of the buffer.");
    }
    return all.subarray(start, start + length);
  };
  const values = shapes.map((shape) => new Float32Array(product(shape)));
  const steps = layers.map((layer) => {
    if (!Object.hasOwn(LAYERS, layer.type)) throw new NetworkError(`This page cannot run the layer "${layer.type}".`);
    const inputShapes = layer.inputs.map((k) => shapes[k]);
    const compute = LAYERS[layer.type](layer, weights, inputShapes, shapes[layer.output]);
    const sources = layer.inputs.map((k) => values[k]);
    return () => compute(sources, values[layer.output]);
  });
  const results = outputs.map((k) => values[k]);
  const run = (...data) => {
    inputs.forEach((k, n) => {
      if (data[n]?.length !== values[k].length) {
        throw new NetworkError(`Input ${n} of the network has ${values[k].length} numbers, not ${data[n]?.length}.`);
      }
      values[k].set(data[n]);
    });
    for (const step of steps) step();
    return results;
  };
  return { inputShapes: inputs.map((k) => shapes[k]), outputShapes: outputs.map((k) => shapes[k]), run };
};
