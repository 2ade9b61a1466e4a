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

// Parts that follow a topic are told of a change and ask for themselves at once. The line comes back by itself; meanwhile the clock goes on refreshing them.
// Messages for the reader go to whoever listens to alur:message (detail is the frame), each once; a tab is one device for as long as it is open.
document.addEventListener('DOMContentLoaded', function () {
    var parts = '[data-topic]:not([data-topic=""])', first = document.querySelector(parts);
    if (!first && !document.querySelector('#bell') || !window.WebSocket) { return; }
    var root = document.documentElement, seen = {}, waiting = {}, handed = {}, arrived = [], quiet, socket, back = false, tries = 0, pause = 1000;
    function refresh(topic) {
        document.querySelectorAll(parts).forEach(function (part) {
            if (part.dataset.topic === topic && !document.hidden && window.htmx) { window.htmx.trigger(part, 'every'); }
        });
    }
    // At once, and then once a second at most, with the last change never left out.
    function changed(topic) {
        if (topic in waiting) { waiting[topic] = true; return; }
        waiting[topic] = false;
        refresh(topic);
        setTimeout(function () {
            var again = waiting[topic];
            delete waiting[topic];
            if (again) { changed(topic); }
        }, pause);
    }
    function device(id) {
        try {
            if (id === undefined) { return sessionStorage.getItem('alur:device'); }
            if (id) { sessionStorage.setItem('alur:device', id); } else { sessionStorage.removeItem('alur:device'); }
        } catch (e) { return null; } // the browser keeps nothing: then every page is a device
    }
    function hand(message) {
        if (!handed[message.id]) {
            handed[message.id] = true;
            document.dispatchEvent(new CustomEvent('alur:message', { detail: message }));
        }
        if (arrived.push(message.id) === 1) { setTimeout(acknowledge, 50); }
    }
    // What cannot be acknowledged now comes again.
    function acknowledge() {
        var ids = arrived.splice(0, 100);
        if (socket.readyState === WebSocket.OPEN) { socket.send(JSON.stringify({ type: 'ack', ids: ids })); }
        if (arrived.length > 0) { setTimeout(acknowledge, 50); }
    }
    function up() {
        root.classList.add('is-live');
        root.classList.remove('is-cut');
        tries = 0;
    }
    function heard(seconds) {
        clearTimeout(quiet);
        quiet = setTimeout(function () { socket.close(); }, seconds * 2000);
    }
    function connect() {
        var beat = 25, known = device();
        socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/ws' + (known ? '?connection_id=' + known : ''));
        socket.onopen = function () {
            back = tries > 0;
            Array.from(new Set(Array.from(document.querySelectorAll(parts), function (part) { return part.dataset.topic; }))).forEach(function (topic) {
                socket.send(JSON.stringify(Object.assign({ type: 'subscribe', topic: topic }, seen[topic])));
            });
        };
        socket.onmessage = function (event) {
            var frame = JSON.parse(event.data);
            if (frame.heartbeat_seconds) {
                beat = frame.heartbeat_seconds;
                device(frame.connection_id);
                if (!first) { up(); }
                if (back) { document.dispatchEvent(new CustomEvent('alur:back')); }
            }
            heard(beat);
            if (frame.offset !== undefined) { seen[frame.topic] = { offset: frame.offset, epoch: frame.epoch }; }
            if (frame.type === 'subscribed') {
                if (back || frame.recovered === false) { changed(frame.topic); }
                up();
            }
            if (frame.type === 'broadcast') { changed(frame.topic); }
            if (frame.type === 'message') { hand(frame); }
        };
        socket.onclose = function (event) {
            clearTimeout(quiet);
            if (event.code === 4409) { device(null); } // a copy of this tab is that device now
            root.classList.remove('is-live');
            root.classList.add('is-cut');
            setTimeout(connect, Math.min(30000, 500 * Math.pow(2, tries++)) * (0.5 + Math.random() / 2));
        };
    }
    connect();
});

// The bell: what it counts is asked for when the reader is told something, when the line is back and when they look again; so are parts that show what they are told.
document.addEventListener('DOMContentLoaded', function () {
    var bell = document.getElementById('bell'), asked = false, known;
    if (!bell) { return; }
    var count = bell.querySelector('.bell-count'), said = document.getElementById('bell-said');
    known = count.textContent;
    function show(unread) {
        var number = unread > 99 ? '99+' : String(unread);
        if (number === known) { return; }
        known = number;
        count.textContent = number;
        count.hidden = unread === 0;
        var text = unread === 0 ? bell.dataset.none : bell.dataset.some.replace('{n}', unread);
        bell.setAttribute('aria-label', text);
        said.textContent = text;
    }
    function ask() {
        asked = false;
        fetch('/api/notifications/unread').then(function (answer) { return answer.ok ? answer.json() : null; })
            .then(function (counted) { if (counted) { show(counted.data.unread); } }, function () { });
        document.querySelectorAll('[data-personal]').forEach(function (part) { if (window.htmx) { window.htmx.trigger(part, 'every'); } });
    }
    // Thousands may be told the same at the same moment, and one reader much at once.
    function recount() {
        if (asked || document.hidden) { return; }
        asked = true;
        setTimeout(ask, Math.random() * 300);
    }
    document.addEventListener('alur:message', recount);
    document.addEventListener('alur:back', recount);
    document.addEventListener('visibilitychange', recount);
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
