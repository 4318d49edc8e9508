"use strict";

const { endpoint, csrfToken, nonce } = document.body.dataset;

// Where the dialogs of GraphiQL look for the nonce of the style that they add.
window.__webpack_nonce__ = nonce;

const examples = [
  `# People by name, a page at a time. The next page: after = the endCursor of this one.
query People($first: Int = 20, $after: String) {
  paginatedUsers(first: $first, after: $after) {
    count
    pageInfo { hasNextPage endCursor }
    edges {
      node { id ref name email roles archived }
    }
  }
}
`,
  `# One person, by id, ref or email, with custom fields and groups.
query Person {
  user(email: "ada@example.com") {
    id
    name
    email
    participantGroups { id ref name }
    extraCategoryValues {
      ... on ExtraCategoryStringValue { category { title } stringValue }
      ... on ExtraCategoryChoiceValue { category { title } choiceValue { stringValue } }
      ... on ExtraCategoryDatetimeValue { category { title } datetimeValue }
      ... on ExtraCategoryBooleanValue { category { title } booleanValue }
    }
  }
}
`,
  `# Create the person, or bring her up to date: the same call every night.
mutation Sync {
  updateOrCreateUser(ref: "hr-1815", sendInvite: false, user: { name: "Ada Lovelace", email: "ada@example.com" }) {
    created
    user { id ref name email }
  }
}
`,
  `# Groups with their first members.
query Groups {
  paginatedGroups(first: 10) {
    count
    edges {
      node {
        id
        ref
        name
        users(first: 5) { count edges { node { id name } } }
      }
    }
  }
}
`,
];

const page = ReactDOM.createRoot(document.getElementById("graphiql"));
let token = "";

async function ask(parameters, options = {}) {
  const who = token ? { Authorization: `Bearer ${token}` } : { "X-CSRFToken": csrfToken };
  const answer = await fetch(endpoint, {
    method: "POST",
    credentials: token ? "omit" : "same-origin",
    headers: {
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
      ...who,
      ...options.headers,
    },
    body: JSON.stringify(parameters),
  });
  return answer.json();
}

function show() {
  page.render(
    React.createElement(GraphiQL, {
      key: token, // another caller starts afresh, with the schema read again
      fetcher: ask,
      defaultEditorToolsVisibility: "variables",
      defaultTabs: examples.map((query) => ({ query })),
      shouldPersistHeaders: false,
    }),
  );
}

document.getElementById("who").addEventListener("submit", (event) => {
  event.preventDefault();
  token = document.getElementById("token").value.trim();
  show();
});

show();
