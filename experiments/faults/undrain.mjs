/** Puts the edge of South America back into the front door's turn; twice is once. */
const said =
  await $`docker exec ${process.env.FIREDRILL_CONTAINER_ID} sh -c "echo 'set server viewers-sa-east-1/sa-east-1 state ready' | socat - /run/haproxy/admin.sock"`;
if (said.stdout.trim() !== '') throw new Error(said.stdout);
