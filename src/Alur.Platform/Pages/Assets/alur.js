'use strict';
// Without a choice of the reader's own, colours follow the system; set before anything is painted.
(function () {
    var root = document.documentElement;
    if (root.hasAttribute('data-bs-theme')) { return; }
    var dark = window.matchMedia('(prefers-color-scheme: dark)');
    function follow() { root.setAttribute('data-bs-theme', dark.matches ? 'dark' : 'light'); }
    follow();
    dark.addEventListener('change', follow);
})();

// Parts of a page refresh themselves, but not where nobody looks; what could not be refreshed says so.
document.addEventListener('htmx:before:request', function (event) {
    if (document.hidden && event.target.matches('[hx-trigger^="every"]')) { event.preventDefault(); }
});
function answered(isFresh) { document.documentElement.classList.toggle('is-stale', !isFresh); }
document.addEventListener('htmx:after:request', function (event) {
    var response = event.detail.ctx.response;
    answered(response !== undefined && response.status < 400);
});
document.addEventListener('htmx:error', function () { answered(false); });
document.addEventListener('visibilitychange', function () {
    if (!document.hidden && window.htmx) {
        document.querySelectorAll('[hx-trigger^="every"]').forEach(function (part) { window.htmx.trigger(part, 'every'); });
    }
});

// A filter acts when it is chosen; without script its form has a button.
document.addEventListener('change', function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute('data-at-once')) { form.requestSubmit(); }
});

// What cannot be taken back is asked once more.
document.addEventListener('submit', function (event) {
    var question = event.submitter && event.submitter.getAttribute('data-ask') || event.target.getAttribute('data-ask');
    if (question && !window.confirm(question)) { event.preventDefault(); }
});

// What is meant for paper has a button for it.
document.addEventListener('click', function (event) {
    if (event.target.closest('[data-print]')) { window.print(); }
});

// Empty filters stay out of the address: they would widen nothing and only make it longer.
document.addEventListener('formdata', function (event) {
    if (event.target.method !== 'get') { return; }
    Array.from(event.formData.entries()).forEach(function (field) { if (field[1] === '') { event.formData.delete(field[0]); } });
});
