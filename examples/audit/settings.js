// Keeps the settings of a small tool: an example of what the audit finds.
const fs = require('node:fs');

const path = 'settings.json';

function load() {
  try {
    return JSON.parse(fs.readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

function set(name, value) {
  const settings = load();
  settings[name] = value;
  fs.writeFileSync(path, JSON.stringify(settings));
}

module.exports = { load, set };
