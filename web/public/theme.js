// Sets the colour scheme before the first paint, so that a dark page does not flash white.
// It is a file of its own because the content security policy allows no inline scripts.
// The key and the attribute are those of src/theme.ts.
(function () {
  var scheme = 'auto';
  try {
    scheme = localStorage.getItem('faregate-colour-scheme') || 'auto';
  } catch {
    // Storage may be forbidden; the system's preference then decides.
  }
  if (scheme !== 'light' && scheme !== 'dark') {
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
