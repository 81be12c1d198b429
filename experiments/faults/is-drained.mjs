/** Ends with 0 while the front door sends nobody to the edge of South America. */

/** Of the server's line of `show servers state`: the bit of its administrative state that says "drained by hand". */
const DRAINED = 8;

const said =
  await $`docker exec ${process.env.FIREDRILL_CONTAINER_ID} sh -c "echo 'show servers state viewers-sa-east-1' | socat - /run/haproxy/admin.sock"`;
const fields = said.stdout
  .split('\n')
  .map((line) => line.split(' '))
  .find(([, , , name]) => name === 'sa-east-1');
process.exitCode = fields && (Number(fields[6]) & DRAINED) !== 0 ? 0 : 1;
