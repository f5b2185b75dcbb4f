// One history entry per page visit, with the address that the visitor left it with.
//
// Streamlit adds an entry whenever the server changes the query string, and, before it opens another page, one
// without the query string of the page that is left: Back then needs two clicks and loses the tab.
if (!window.genmodelsHistory) {
  window.genmodelsHistory = true;
  const push = history.pushState.bind(history);
  const replace = history.replaceState.bind(history);
  // { address, isOver }: the address of a page before its query string was removed, and whether the visitor has done
  // something since. The new page follows after any time: a server that trains a network may answer after seconds.
  let left = null;

  const isSubset = (few, many) => [...few].every(([key, value]) => many.getAll(key).includes(value));

  for (const type of ["click", "input"]) {
    addEventListener(type, () => left && (left.isOver = true), { capture: true, passive: true });
  }

  history.replaceState = (state, title, url) => {
    left = null; // the visitor changed a widget: the page is not being left
    replace(state, title, url);
  };

  history.pushState = (state, title, url) => {
    const target = new URL(url, location.href);
    if (target.pathname === location.pathname) {
      const removes = isSubset(target.searchParams, new URL(location.href).searchParams);
      const isRepeated = left && target.href === location.href; // a second click on the link of the new page
      if (isRepeated) left.isOver = false;
      else left = removes ? { address: location.href, isOver: false } : null;
      replace(state, title, url);
    } else {
      if (left && !left.isOver) replace(history.state, "", left.address);
      left = null;
      push(state, title, url);
    }
  };
}
