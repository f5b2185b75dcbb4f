// One history entry per page visit, with the address that the visitor left it with.
//
// Streamlit adds an entry whenever the server changes the query string, and, before it opens another page, one
// without the query string of the page that is left: Back then needs two clicks and loses the tab.
if (!window.genmodelsHistory) {
  window.genmodelsHistory = true;
  const push = history.pushState.bind(history);
  const replace = history.replaceState.bind(history);
  const LIMIT = 5000; // milliseconds between the removal of the query string and the new page, on a slow server
  let left = null; // { address, time }: of the page before the server removed its parameters

  const isSubset = (few, many) => [...few].every(([key, value]) => many.getAll(key).includes(value));

  history.replaceState = (state, title, url) => {
    left = null; // the visitor changed a widget: the page is not being left
    replace(state, title, url);
  };

  history.pushState = (state, title, url) => {
    const target = new URL(url, location.href);
    if (target.pathname === location.pathname) {
      const removes = isSubset(target.searchParams, new URL(location.href).searchParams);
      left = removes ? { address: location.href, time: performance.now() } : null;
      replace(state, title, url);
    } else {
      if (left && performance.now() - left.time < LIMIT) replace(history.state, "", left.address);
      left = null;
      push(state, title, url);
    }
  };
}
