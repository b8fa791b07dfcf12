/** Tests with other people's proxies: nginx, HAProxy and Squid, the real programs. */
@NullMarked
package dev.wsmesh.proxies;

import org.jspecify.annotations.NullMarked;
