// The one check that must work on a Node far too old: nothing newer than ES2015 here, and the entry points import
// everything else dynamically, after it.

var found = process.versions.node;
var parts = found.split('.').map(Number);
var major = parts[0];
var minor = parts[1];

if (major < 20 || (major === 20 && minor < 19)) {
  console.error('Node ' + found + ' is too old: install Node 20.19 or later (22, 24 and 26 are fine), then run this again');
  process.exit(1);
}
