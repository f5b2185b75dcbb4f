// Stores the visitor's id in a session cookie, or reports the one that another tab has stored.
export default function ({ data, setStateValue }) {
  const stored = document.cookie.match(/(?:^|; )genmodels_visitor=([0-9a-f]{32})(?:;|$)/);
  if (!stored) document.cookie = `genmodels_visitor=${data}; path=/; SameSite=Lax`;
  else if (stored[1] !== data) setStateValue("id", stored[1]);
}
