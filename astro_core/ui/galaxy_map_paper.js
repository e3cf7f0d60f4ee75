// What is drawn over the points: letters and numbers where a kind is densest, the outline that a hand
// draws, a ring around the galaxy in question; and the whole map as a picture to keep.

function drawOver(map, context, ratio) {
  const { width, height } = context.canvas;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawMarks(map, context);
  if (map.outline.length > 1) drawOutline(map, context);
  if (map.hit >= 0) drawRing(map, context, map.hit);
}

function drawMarks(map, context) {
  const { entries } = map.data.look;
  context.font = `600 13px ${map.ink.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const entry of entries) {
    if (!entry.place || !entry.mark || map.isDimmed(entry.code)) continue;
    const [x, y] = map.toScreen(...entry.place);
    context.lineWidth = 4;
    context.strokeStyle = map.ink.ground;
    context.strokeText(entry.mark, x, y);
    context.fillStyle = map.ink.text;
    context.fillText(entry.mark, x, y);
  }
}

function drawOutline(map, context) {
  context.beginPath();
  map.outline.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  context.globalAlpha = 0.14;
  context.fillStyle = map.ink.primary;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.strokeStyle = map.ink.primary;
  context.stroke();
}

function drawRing(map, context, row) {
  const [x, y] = map.toScreen(map.points.xy[2 * row], map.points.xy[2 * row + 1]);
  context.beginPath();
  context.arc(x, y, map.size() / 2 + 4, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = map.ink.text;
  context.stroke();
}

const PRINTED = 2; // pixels of the picture per pixel on the screen
const LINE = 22;
const EDGE = 16;

function savePicture(map) {
  const { width, height } = map.view;
  const legend = legendLines(map, width);
  const page = document.createElement("canvas");
  page.width = width * PRINTED;
  page.height = (height + LINE * (legend.length + 1) + 2 * EDGE) * PRINTED;
  const context = page.getContext("2d");
  context.fillStyle = map.ink.ground;
  context.fillRect(0, 0, page.width, page.height);
  const top = (LINE + EDGE) * PRINTED;
  for (const canvas of map.drawnLarge(PRINTED)) context.drawImage(canvas, 0, top);
  context.setTransform(PRINTED, 0, 0, PRINTED, 0, 0);
  context.textBaseline = "middle";
  context.fillStyle = map.ink.text;
  context.font = `600 15px ${map.ink.font}`;
  context.fillText(map.data.title, EDGE, EDGE + 4);
  context.font = `13px ${map.ink.font}`;
  legend.forEach((line, i) => drawLegend(map, context, line, height + EDGE + LINE * (i + 1.5)));
  map.draw();
  page.toBlob((blob) => handOver(blob, map.data.filename), "image/png");
}

function legendLines(map, width) {
  const { look } = map.data;
  const words = look.ramp
    ? [{ text: `${look.title}  ${look.ramp.low}` }, { ramp: look.palette }, { text: look.ramp.high }, { text: look.note }]
    : [{ text: look.title }, ...look.entries.map((e) => ({ colour: e.colour, text: `${e.mark} ${e.name} ${e.count}`.trim() }))];
  const measure = document.createElement("canvas").getContext("2d");
  measure.font = `13px ${map.ink.font}`;
  const lines = [[]];
  let x = EDGE;
  for (const word of words) {
    const wide = (word.ramp ? 190 : measure.measureText(word.text).width) + (word.colour ? 16 : 0);
    if (x + wide > width - EDGE && x > EDGE) [x, lines[lines.length]] = [EDGE, []];
    lines.at(-1).push({ ...word, x });
    x += wide + 16;
  }
  return lines;
}

function drawLegend(map, context, line, y) {
  for (const { x, text, colour, ramp } of line) {
    if (ramp) {
      ramp.slice(map.data.look.ramp.first).forEach((c, i, all) => {
        context.fillStyle = c;
        context.fillRect(x + (190 * i) / all.length, y - 6, 190 / all.length + 0.5, 12);
      });
      continue;
    }
    if (colour) {
      context.fillStyle = colour;
      context.beginPath();
      context.arc(x + 5, y, 5, 0, 2 * Math.PI);
      context.fill();
    }
    context.fillStyle = map.ink.text;
    context.fillText(text, x + (colour ? 16 : 0), y);
  }
}

function handOver(blob, filename) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
