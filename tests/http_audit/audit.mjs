// Prints what each audit of GraphQL over HTTP says of the server at argv[2], as JSON.
// The token is in the environment, so that it stands in no list of processes.
import { serverAudits } from "graphql-http";

const authorization = `Bearer ${process.env.TOKEN}`;
const results = [];
for (const audit of serverAudits({
  url: process.argv[2],
  fetchFn: (url, request = {}) => fetch(url, { ...request, headers: { ...request.headers, authorization } }),
})) {
  const { status, reason } = await audit.fn();
  results.push({ id: audit.id, name: audit.name, status, reason });
}
console.log(JSON.stringify(results));
