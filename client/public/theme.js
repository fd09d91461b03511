// Runs before the first paint so that the page never flashes in the wrong theme; a file, because the CSP forbids inline scripts.
(function () {
  var stored = null;
  try {
    stored = localStorage.getItem('arena.theme');
  } catch {
    // Storage may be switched off; the system's preference decides then.
  }
  var prefersLight = window.matchMedia('(prefers-color-scheme: light)').matches;
  var theme = stored === 'light' || stored === 'dark' ? stored : prefersLight ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
})();
