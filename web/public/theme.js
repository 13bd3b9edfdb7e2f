const page = document.documentElement;
const [theme, language, density] = (localStorage.getItem('look') ?? '').split(' ');
if (theme) page.dataset.theme = theme;
if (language) page.lang = language;
if (density) page.dataset.density = density;
page.dir = /ar|XA/.test(page.lang) ? 'rtl' : 'ltr';
