// Loads a storage state into a context of Playwright, tells what a page of the
// site then has, and saves the state again.
const [, , playwright, browser, site, file, out, dumpFile] = process.argv;
const { chromium } = require(playwright);
const { readFileSync } = require('fs');
(async () => {
  const b = await chromium.launch({ executablePath: browser, args: ['--no-sandbox', '--disable-quic'] });
  try {
    const context = await b.newContext({ storageState: file });
    const page = await context.newPage();
    await page.goto(site + '/');
    const told = {
      me: await page.evaluate(() => fetch('/me').then(r => r.text())),
      local: await page.evaluate(() => Object.keys(localStorage).sort().map(k => [k, localStorage.getItem(k)])),
      databases: await page.evaluate(readFileSync(dumpFile, 'utf8')),
      cookies: (await context.cookies()).map(c => c.name).sort(),
    };
    // Playwright cannot save a value that contains itself: this one goes.
    await page.evaluate(() => new Promise(yes => {
      const r = indexedDB.open('values');
      r.onsuccess = () => {
        const tx = r.result.transaction('s', 'readwrite');
        tx.objectStore('s').delete(21);
        tx.oncomplete = () => { r.result.close(); yes(); };
      };
    }));
    await context.storageState({ path: out, indexedDB: true });
    process.stdout.write(JSON.stringify(told));
  } finally {
    await b.close();
  }
})().catch(e => { console.error(e); process.exit(1); });
