// PostGraphile 5 over the product's tables: `node postgraphile.mjs PORT PROCESSES DATABASE_URL`.
// Its own defaults, no watching, no explaining, no GraphiQL; it reads as the owner of the tables.
import cluster from "node:cluster";
import { createServer } from "node:http";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";

// PostGraphile 5.1 needs this of Node 22; Node 20 runs everything else of it.
Promise.withResolvers ??= function () {
  const made = {};
  made.promise = new this((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

const [port, processes, connectionString] = process.argv.slice(2);

if (cluster.isPrimary) {
  for (let n = 0; n < Number(processes); n++) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
} else {
  const instance = postgraphile({
    extends: [PostGraphileAmberPreset],
    // It would not filter by a column that no index begins with.
    disablePlugins: ["PgIndexBehaviorsPlugin"],
    pgServices: [makePgService({ connectionString, schemas: ["public"], pubsub: false, poolSize: 8 })],
    grafserv: { graphqlPath: "/graphql/", graphiql: false, watch: false },
    grafast: { explain: false },
  });
  const server = createServer();
  await instance.createServ(grafserv).addTo(server);
  server.listen(Number(port), "127.0.0.1");
}
