/** Takes the edge of South America out of the front door's turn, through its runtime socket. */
const said =
  await $`docker exec ${process.env.FIREDRILL_CONTAINER_ID} sh -c "echo 'set server viewers-sa-east-1/sa-east-1 state drain' | socat - /run/haproxy/admin.sock"`;
if (said.stdout.trim() !== '') throw new Error(said.stdout);
