// A cookie and not localStorage: it comes with the page's first request, so that nobody is asked
// for a name that is known.

const YEAR_S = 31536000;

export default function ({ data }) {
  const value = encodeURIComponent(data.name);
  const age = data.name ? YEAR_S : 0;
  document.cookie = `${data.cookie}=${value}; path=${data.path}; max-age=${age}; samesite=lax`;
}
