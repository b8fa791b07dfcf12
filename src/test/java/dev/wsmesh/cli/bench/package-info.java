@NullMarked
package dev.wsmesh.cli.bench;

import org.jspecify.annotations.NullMarked;
