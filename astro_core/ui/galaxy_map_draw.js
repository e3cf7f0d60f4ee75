// Draws points: by WebGL, or where there is none by writing pixels. Both are told the same.
// A point's flags: 1 it is selected, 2 it is dimmed because another legend entry is isolated.

const SELECTED = 1;
const DIMMED = 2;
const FAINT = 0.2;

const VERTEX = `#version 300 es
in vec2 at;
in uint code;
in uint flags;
uniform vec2 middle, scale;
uniform float size, opacity;
uniform uint wanted;
uniform bool strong;
uniform sampler2D palette;
flat out vec4 tint;
void main() {
  bool stands = (flags & wanted) == wanted && (flags & 2u) == 0u;
  gl_PointSize = size;
  gl_Position = stands == strong ? vec4((at - middle) * scale, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  tint = vec4(texelFetch(palette, ivec2(int(code), 0), 0).rgb, opacity);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform float size;
flat in vec4 tint;
out vec4 colour;
void main() {
  float far = length(gl_PointCoord - 0.5) * size;
  float alpha = tint.a * clamp(0.5 * size - far + 0.25, 0.0, 1.0);
  if (alpha < 0.01) discard;
  colour = vec4(tint.rgb * alpha, alpha);
}`;

function makePainter(canvas) {
  const gl = canvas.getContext("webgl2", { antialias: false, depth: false, stencil: false });
  return gl ? new GlPainter(canvas, gl) : new PlainPainter(canvas);
}

class GlPainter {
  constructor(canvas, gl) {
    this.canvas = canvas;
    this.gl = gl;
    this.kind = "webgl";
    this.program = linked(gl);
    this.named = new Map();
    this.buffers = { at: gl.createBuffer(), code: gl.createBuffer(), flags: gl.createBuffer() };
    this.texture = gl.createTexture();
    gl.useProgram(this.program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  setPoints(xy) {
    this.n = xy.length / 2;
    this.fill("at", xy, 2, this.gl.FLOAT);
  }

  setColours(codes, palette) {
    const { gl } = this;
    this.fill("code", codes, 1, gl.UNSIGNED_SHORT);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    const texels = new Uint8Array(palette.flatMap((c) => [...rgb(c), 255]));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, palette.length, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  setFlags(flags, some) {
    this.some = some;
    this.passes = some || flags.some((flag) => flag & DIMMED) ? [false, true] : [true];
    this.fill("flags", flags, 1, this.gl.UNSIGNED_BYTE);
  }

  fill(name, values, width, type) {
    const { gl } = this;
    const place = gl.getAttribLocation(this.program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(place);
    if (type === gl.FLOAT) gl.vertexAttribPointer(place, width, type, false, 0, 0);
    else gl.vertexAttribIPointer(place, width, type, 0, 0);
  }

  at(name) {
    if (!this.named.has(name)) this.named.set(name, this.gl.getUniformLocation(this.program, name));
    return this.named.get(name);
  }

  draw(view, size, opacity) {
    const { gl, canvas } = this;
    const { width, height } = canvas;
    const ratio = width / view.width;
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(this.at("middle"), view.x, view.y);
    gl.uniform2f(this.at("scale"), (2 * view.scale) / view.width, (2 * view.scale) / view.height);
    gl.uniform1ui(this.at("wanted"), this.some ? SELECTED : 0);
    for (const strong of this.passes) {
      gl.uniform1i(this.at("strong"), strong ? 1 : 0);
      gl.uniform1f(this.at("size"), (strong && this.some ? size + 1 : size) * ratio);
      gl.uniform1f(this.at("opacity"), strong ? opacity : FAINT);
      gl.drawArrays(gl.POINTS, 0, this.n);
    }
  }

  stop() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

class PlainPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.kind = "plain";
    this.context = canvas.getContext("2d");
  }

  setPoints(xy) {
    this.xy = xy;
  }

  setColours(codes, palette) {
    const inks = (alpha) =>
      Uint32Array.from(palette, (c) => {
        const [r, g, b] = rgb(c);
        return ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;
      });
    this.codes = codes;
    this.strong = inks(255);
    this.faint = inks(Math.round(255 * FAINT));
  }

  setFlags(flags, some) {
    this.flags = flags;
    this.wanted = some ? SELECTED : 0;
  }

  draw(view, size) {
    const { width, height } = this.canvas;
    const ratio = width / view.width;
    const picture = this.context.createImageData(width, height);
    const pixels = new Uint32Array(picture.data.buffer);
    const side = Math.max(1, Math.round(size * ratio * 0.85));
    const [scale, dx, dy] = [view.scale * ratio, (width - side) / 2, (height - side) / 2];
    for (const strong of [false, true]) {
      const inks = strong ? this.strong : this.faint;
      for (let i = 0; i < this.codes.length; i++) {
        const stands = (this.flags[i] & this.wanted) === this.wanted && !(this.flags[i] & DIMMED);
        if (stands !== strong) continue;
        const x = Math.round((this.xy[2 * i] - view.x) * scale + dx);
        const y = Math.round(dy - (this.xy[2 * i + 1] - view.y) * scale);
        if (x < 0 || y < 0 || x + side > width || y + side > height) continue;
        for (let row = y; row < y + side; row++) {
          pixels.fill(inks[this.codes[i]], row * width + x, row * width + x + side);
        }
      }
    }
    this.context.putImageData(picture, 0, 0);
  }

  stop() {}
}

function linked(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(gl.getProgramInfoLog(program) || "The map's shaders do not fit together");
  }
  return program;
}

function rgb(colour) {
  const number = parseInt(colour.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
