// The renderer has a dark theme, but does not choose it by itself.
const dark = matchMedia('(prefers-color-scheme: dark)');
const chooseTheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', chooseTheme);
chooseTheme();

window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
});
