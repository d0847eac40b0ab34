/* The screen in the meeting room: how many are there, fetched anew every 20 seconds. Without script there is a link. */
"use strict";
(function () {
  var every = 20000;
  function renew() {
    if (document.hidden) return;
    fetch(location.href, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) {
        var fresh = text && new DOMParser().parseFromString(text, "text/html").getElementById("count");
        if (fresh) document.getElementById("count").textContent = fresh.textContent;
      })
      .catch(function () { /* The next round tries again. */ });
  }
  window.setInterval(renew, every);
})();
