// The review's keyboard and the page beside the form. Everything works without it, more slowly.
"use strict";
(() => {
    const all = (what) => [...document.querySelectorAll(what)];
    const one = (what) => document.querySelector(what);
    const help = one("#hjalp");
    const singleKeys = one("#tangenter");
    const remembered = "uppdrag-tangenter";
    const store = {
        get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
        set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* a browser without storage forgets */ } },
    };
    if (singleKeys) {
        singleKeys.checked = store.get(remembered) !== "av";
        singleKeys.addEventListener("change", () => store.set(remembered, singleKeys.checked ? "på" : "av"));
    }
    all("[data-help]").forEach((button) => {
        if (!help) return;
        button.hidden = false;
        button.addEventListener("click", () => help.showModal());
    });

    // The page: neighbours without leaving the form, so that nothing typed is lost.
    const sheet = one("#sida");
    if (sheet) {
        const sizes = JSON.parse(sheet.dataset.sizes);
        const picture = sheet.querySelector("image");
        const before = one("#sida-fore"), after = one("#sida-efter"), original = one("#original"), add = one("#lagg-till");
        const paper = one(".left .paper");
        let number = Number(sheet.dataset.number), zoom = Number(store.get("uppdrag-zoom")) || 0;
        const sized = (path) => `${path}?storlek=${zoom > 0 ? 3 : 2}`;
        const address = () => sized(`${sheet.dataset.picture}/${number}.png`);
        const show = (wanted) => {
            if (wanted < 1 || wanted > sizes.length) return;
            number = wanted;
            sheet.setAttribute("viewBox", `0 0 ${sizes[number - 1][0]} ${sizes[number - 1][1]}`);
            sheet.setAttribute("aria-label", sheet.getAttribute("aria-label").replace(/^Sida \d+/, `Sida ${number}`));
            picture.setAttribute("href", address());
            all("#sida .mark").forEach((mark) => mark.classList.toggle("elsewhere", Number(mark.dataset.page) !== number));
            one("#sidnummer").textContent = number;
            before.hidden = number <= 1;
            after.hidden = number >= sizes.length;
            before.textContent = `← Sida ${number - 1}`;
            after.textContent = `Sida ${number + 1} →`;
            original.href = original.href.replace(/#page=\d+/, `#page=${number}`);
            if (add) add.href = add.href.replace(/\d+$/, number);
        };
        const size = (wanted) => {
            zoom = Math.max(0, Math.min(3, wanted));
            paper.classList.remove("zoom-0", "zoom-1", "zoom-2", "zoom-3");
            paper.classList.add(`zoom-${zoom}`);
            if (picture.getAttribute("href") !== address()) picture.setAttribute("href", address());
            store.set("uppdrag-zoom", zoom);
        };
        before.addEventListener("click", (event) => { event.preventDefault(); show(number - 1); });
        after.addEventListener("click", (event) => { event.preventDefault(); show(number + 1); });
        all("[data-zoom]").forEach((button) => {
            button.hidden = false;
            button.addEventListener("click", () => size(zoom + Number(button.dataset.zoom)));
        });
        size(zoom);
        // The source of a value is lit while its field has focus, and brought into view.
        const light = (of) => {
            const lit = all("#sida .mark").filter((mark) => mark.dataset.mark === of);
            all("#sida .mark").forEach((mark) => mark.classList.toggle("lit", lit.includes(mark)));
            if (!lit.length) return;
            if (!lit.some((mark) => Number(mark.dataset.page) === number)) show(Number(lit[0].dataset.page));
            const first = lit.find((mark) => Number(mark.dataset.page) === number);
            const box = first.getBoundingClientRect(), frame = paper.getBoundingClientRect();
            if (box.top < frame.top || box.bottom > frame.bottom) paper.scrollTop += box.top - frame.top - frame.height / 3;
            if (box.left < frame.left || box.right > frame.right) paper.scrollLeft += box.left - frame.left - 40;
        };
        all("[data-of]").forEach((field) => field.addEventListener("focus", () => light(field.dataset.of)));
        const start = all("#sida .mark.source").find((mark) => Number(mark.dataset.page) === number);
        if (start) {
            const box = start.getBoundingClientRect(), frame = paper.getBoundingClientRect();
            if (box.bottom > frame.bottom) paper.scrollTop = box.top - frame.top - frame.height / 3;
        }
        // What is looked at next, the next page and the next record's, is fetched once this one is there.
        window.addEventListener("load", () => {
            if (sizes.length > number) new Image().src = sized(`${sheet.dataset.picture}/${number + 1}.png`);
            if (sheet.dataset.ahead) new Image().src = sized(sheet.dataset.ahead);
        });
    }

    // What the button will do: accept, or save what was changed.
    const form = one("#posten"), save = one("#spara");
    if (form && save) {
        const first = new URLSearchParams(new FormData(form)).toString();
        const say = save.querySelector(".say");
        const came = say.textContent;
        form.addEventListener("input", () => {
            const changed = new URLSearchParams(new FormData(form)).toString() !== first;
            say.textContent = changed ? "Spara rättelsen och nästa" : came;
            form.classList.toggle("changed", changed);
        });
        let leaving = false;
        all("form").forEach((any) => any.addEventListener("submit", () => { leaving = true; }));
        window.addEventListener("beforeunload", (event) => {
            if (form.classList.contains("changed") && !leaving) event.preventDefault();
        });
    }

    // One more empty line when the last is taken.
    document.addEventListener("input", (event) => {
        const field = event.target;
        if (field.classList && field.classList.contains("spare") && field.value) {
            const next = field.cloneNode();
            field.classList.remove("spare");
            next.value = "";
            field.after(next);
        }
    });

    // Lines of the page and their boxes are one choice.
    all("[data-line]").forEach((line) => {
        const box = one(`input[name=rad][value="${line.dataset.line}"]`);
        if (!box) return;
        line.addEventListener("click", () => { box.checked = !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); });
        box.addEventListener("change", () => line.classList.toggle("chosen", box.checked));
    });

    const typing = (field) => field.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
    const press = (key) => {
        const target = all("[data-key]").find((found) => found.dataset.key === key && !found.hidden && found.offsetParent !== null);
        if (!target) return false;
        if (target.matches("summary")) {
            const details = target.parentElement;
            details.open = true;
            const field = details.querySelector("input:not([type=hidden]), select, textarea, button");
            details.scrollIntoView({ block: "nearest" });
            if (field) field.focus();
        } else target.click();
        return true;
    };
    document.addEventListener("keydown", (event) => {
        const field = event.target;
        if (help && help.open) return;
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            const own = field.closest && field.closest("form");
            const button = (own && own.querySelector("button[name=beslut], .decide button")) || save;
            if (button) { event.preventDefault(); button.click(); }
            return;
        }
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
        if (event.key === "Escape") {
            if (typing(field)) { field.blur(); event.preventDefault(); }
            return;
        }
        if (typing(field)) return;
        if (event.key === "?" && help) { help.showModal(); event.preventDefault(); return; }
        if (singleKeys && !singleKeys.checked) return;
        const key = event.key.toLowerCase();
        if (key === "e" && form) { one("#task").focus(); event.preventDefault(); return; }
        if (key === "f" && form) { one("#dl-0").focus(); event.preventDefault(); return; }
        if (key === "enter") { if (field === document.body && press("enter")) event.preventDefault(); return; }
        if (press(key)) event.preventDefault();
    });
})();
