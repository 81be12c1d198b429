/** Runs in a browser: draws two seconds of a ball over waves and encodes them. Its value: the frames in order, base64, the first a key frame. */
(async () => {
  const [width, height, framesPerSecond, frameCount] = [256, 144, 10, 20];
  const canvas = new OffscreenCanvas(width, height);
  const paint = canvas.getContext('2d');
  const frames = [];
  let failure;
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      frames.push(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')));
    },
    error: (error) => {
      failure = error;
    },
  });
  encoder.configure({ codec: 'vp8', width, height, bitrate: 60_000, framerate: framesPerSecond });
  for (let index = 0; index < frameCount; index += 1) {
    const turn = (index / frameCount) * 2 * Math.PI;
    const ground = paint.createLinearGradient(0, 0, width, height);
    ground.addColorStop(0, '#0b3d6b');
    ground.addColorStop(1, '#b7432f');
    paint.fillStyle = ground;
    paint.fillRect(0, 0, width, height);
    paint.fillStyle = '#ffffff30';
    for (let wave = 0; wave < 3; wave += 1) {
      paint.fillRect(0, height * (0.3 + 0.2 * wave) + 10 * Math.sin(turn + wave), width, 6);
    }
    paint.fillStyle = '#ffd166';
    paint.beginPath();
    paint.arc(width / 2 + 80 * Math.cos(turn), height / 2 + 40 * Math.sin(turn), 18, 0, 2 * Math.PI);
    paint.fill();
    const frame = new VideoFrame(canvas, { timestamp: (index * 1e6) / framesPerSecond, duration: 1e6 / framesPerSecond });
    encoder.encode(frame, { keyFrame: index === 0 });
    frame.close();
    while (encoder.encodeQueueSize > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await encoder.flush();
  if (failure) throw failure;
  return frames;
})();
